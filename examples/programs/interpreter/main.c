// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Command line of the interpreter.  Without arguments it tests itself; with a
// file, or -e and a text, it runs a script.

#include <stdio.h>
#include <string.h>

#include "interpreter.h"

enum { EXIT_USAGE = 2 };

static const char usage_text[] =
    "usage: interpreter             run the self-test\n"
    "       interpreter FILE        run a script, - for standard input\n"
    "       interpreter -e TEXT     run the text\n"
    "options:\n"
    "  --gc-stress    collect garbage before every new object\n"
    "  --help         this text\n";

static void write_out(void* context, const char* bytes, size_t length) {
  fwrite(bytes, 1, length, context);
}

static bool load(vm* m, const char* path, text* source) {
  char chunk[4096];
  size_t count;
  FILE* file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
  if (file == NULL) return false;
  while ((count = fread(chunk, 1, sizeof chunk, file)) > 0) {
    append_text(m, source, chunk, count);
  }
  bool loaded = !ferror(file);
  if (file != stdin) fclose(file);
  // A zero byte would end the script in silence.
  loaded = loaded && (source->length == 0 ||
                      memchr(source->bytes, '\0', source->length) == NULL);
  append_text(m, source, "", 1);
  return loaded;
}

int main(int argc, char** argv) {
  if (argc == 1) return self_test();
  const char* script = NULL;
  const char* path = NULL;
  bool stress = false;
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "--help") == 0) {
      fputs(usage_text, stdout);
      return 0;
    }
    if (strcmp(argv[i], "--gc-stress") == 0) {
      stress = true;
    } else if (strcmp(argv[i], "-e") == 0 && i + 1 < argc) {
      script = argv[++i];
    } else if (argv[i][0] == '-' && argv[i][1] != '\0') {
      fprintf(stderr, "interpreter: unknown option '%s'\n%s", argv[i],
              usage_text);
      return EXIT_USAGE;
    } else {
      path = argv[i];
    }
  }
  if ((script == NULL) == (path == NULL)) {
    fprintf(stderr, "interpreter: give one script\n%s", usage_text);
    return EXIT_USAGE;
  }
  vm* m = vm_new();
  if (m == NULL) {
    fprintf(stderr, "interpreter: out of memory\n");
    return EXIT_USAGE;
  }
  m->write = write_out;
  m->write_context = stdout;
  m->stress = stress;
  text source = {0};
  int result = EXIT_USAGE;
  if (path != NULL && !load(m, path, &source)) {
    fprintf(stderr, "interpreter: cannot read '%s' as text\n", path);
  } else if (!vm_run(m, path != NULL ? source.bytes : script)) {
    fflush(stdout);
    fprintf(stderr, "interpreter: %s\n", m->error.bytes);
  } else {
    result = fflush(stdout) == 0 ? 0 : EXIT_USAGE;
  }
  resize(m, source.bytes, source.capacity, 0);
  vm_free(m);
  return result;
}
