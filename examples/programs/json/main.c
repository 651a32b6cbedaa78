// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Command line of the JSON library.  Without arguments it tests itself; with a
// file it checks and prints it.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

enum { EXIT_USAGE = 2, READ_CHUNK = 65536 };

static const char usage_text[] =
    "usage: json                      run the self-test\n"
    "       json [options] FILE       read FILE, or standard input for -\n"
    "options:\n"
    "  --pretty          print with line breaks, the default\n"
    "  --compact         print on one line\n"
    "  --check           print nothing\n"
    "  --indent N        spaces for each level, 0 to 16 (default 2)\n"
    "  --ascii           escape every character above 127\n"
    "  --sort-keys       print members in the order of their keys\n"
    "  --strict          refuse objects with equal keys\n"
    "  --pointer P       print only the value at JSON pointer P\n"
    "  --help            this text\n";

typedef struct settings {
  json_parse_options parse;
  json_print_options print;
  const char* pointer;
  const char* path;
  bool check_only;
} settings;

static bool read_all(FILE* file, json_text* text) {
  static char chunk[READ_CHUNK];
  size_t count;
  while ((count = fread(chunk, 1, sizeof chunk, file)) > 0) {
    json_text_append(text, chunk, count);
  }
  return !ferror(file) && !text->failed;
}

static bool load(const char* path, json_text* text) {
  if (strcmp(path, "-") == 0) return read_all(stdin, text);
  FILE* file = fopen(path, "rb");
  if (file == NULL) return false;
  bool loaded = read_all(file, text);
  fclose(file);
  return loaded;
}

static int print_result(const settings* s, const json_document* document) {
  const json_value* value = &document->root;
  if (s->pointer != NULL) {
    json_status status =
        json_pointer(value, s->pointer, strlen(s->pointer), &value);
    if (status != JSON_OK) {
      fprintf(stderr, "json: %s: '%s'\n", json_status_text(status), s->pointer);
      return EXIT_USAGE;
    }
  }
  if (s->check_only) return 0;
  json_text out = {0};
  int result = EXIT_USAGE;
  json_status status = json_print(value, &s->print, &out);
  json_text_append(&out, "\n", 1);
  if (status != JSON_OK || out.failed) {
    fprintf(stderr, "json: %s\n", json_status_text(JSON_NO_MEMORY));
  } else if (fwrite(out.bytes, 1, out.length, stdout) != out.length ||
             fflush(stdout) != 0) {
    fprintf(stderr, "json: cannot write standard output\n");
  } else {
    result = 0;
  }
  json_text_free(&out);
  return result;
}

static int process(const settings* s) {
  json_text text = {0};
  json_document document;
  json_error error;
  int result = EXIT_USAGE;
  if (!load(s->path, &text)) {
    fprintf(stderr, "json: cannot read '%s'\n", s->path);
  } else if (json_parse(text.bytes != NULL ? text.bytes : "", text.length,
                        &s->parse, &document, &error) != JSON_OK) {
    fprintf(stderr, "%s:%u:%u: %s\n", s->path, (unsigned)error.line,
            (unsigned)error.column, json_status_text(error.status));
  } else {
    result = print_result(s, &document);
    json_free(&document);
  }
  json_text_free(&text);
  return result;
}

static int complain(const char* what, const char* argument) {
  fprintf(stderr, "json: %s '%s'\n%s", what, argument, usage_text);
  return EXIT_USAGE;
}

int main(int argc, char** argv) {
  if (argc == 1) return json_self_test();
  settings s = {.print = {.indent = 2}};
  for (int i = 1; i < argc; i++) {
    const char* argument = argv[i];
    const char* next = i + 1 < argc ? argv[i + 1] : NULL;
    if (strcmp(argument, "--help") == 0) {
      fputs(usage_text, stdout);
      return 0;
    }
    if (strcmp(argument, "--pretty") == 0) {
      if (s.print.indent < 0) s.print.indent = 2;
    } else if (strcmp(argument, "--compact") == 0) {
      s.print.indent = -1;
    } else if (strcmp(argument, "--check") == 0) {
      s.check_only = true;
    } else if (strcmp(argument, "--ascii") == 0) {
      s.print.ascii = true;
    } else if (strcmp(argument, "--sort-keys") == 0) {
      s.print.sort_keys = true;
    } else if (strcmp(argument, "--strict") == 0) {
      s.parse.reject_duplicates = true;
    } else if (strcmp(argument, "--indent") == 0 && next != NULL) {
      char* end;
      long indent = strtol(next, &end, 10);
      if (end == next || *end != '\0' || indent < 0 || indent > 16) {
        return complain("bad indent", next);
      }
      s.print.indent = (int)indent;
      i++;
    } else if (strcmp(argument, "--pointer") == 0 && next != NULL) {
      s.pointer = next;
      i++;
    } else if (argument[0] == '-' && argument[1] != '\0') {
      return complain("unknown or incomplete option", argument);
    } else if (s.path != NULL) {
      return complain("more than one file:", argument);
    } else {
      s.path = argument;
    }
  }
  if (s.path == NULL) return complain("no file given after", argv[argc - 1]);
  return process(&s);
}
