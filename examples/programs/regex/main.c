// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Command line of the regular-expression engine.  Without arguments it tests
// itself; with a pattern it prints the lines that match, or what they matched.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "regex.h"

enum { EXIT_MATCHED = 0, EXIT_NOT_MATCHED = 1, EXIT_USAGE = 2 };

static const char usage_text[] =
    "usage: regex                            run the self-test\n"
    "       regex [options] PATTERN [FILE]   print the lines that match\n"
    "options:\n"
    "  -i           ignore case\n"
    "  -v           print the lines that do not match\n"
    "  -o           print each match and its groups, not the line\n"
    "  -c           print the number of lines only\n"
    "  --program    print the compiled program and stop\n"
    "  --help       this text\n"
    "Exit code: 0 if a line was printed or counted, 1 if none, 2 on error.\n";

typedef struct settings {
  unsigned flags;
  bool invert;
  bool only_matches;
  bool count_only;
} settings;

static void print_program(const regex* program) {
  static const char* const names[] = {"set",  "byte",   "jump", "split",
                                      "save", "assert", "match"};
  for (uint32_t pc = 0; pc < program->code_count; pc++) {
    const instruction* i = &program->code[pc];
    printf("%4u  %-7s", (unsigned)pc, names[i->op]);
    if (i->op != OP_MATCH) printf(" %u", (unsigned)i->a);
    if (i->op == OP_SPLIT) printf(" %u", (unsigned)i->b);
    putchar('\n');
  }
}

static void print_matches(const regex* program, const char* line, size_t length,
                          size_t* slots) {
  size_t at = 0;
  while (at <= length &&
         regex_search(program, line, length, at, slots) == REGEX_OK) {
    for (uint32_t i = 0; i < program->slot_count; i += 2) {
      if (i > 0) putchar('\t');
      if (slots[i] == REGEX_UNSET || slots[i + 1] == REGEX_UNSET) continue;
      fwrite(line + slots[i], 1, slots[i + 1] - slots[i], stdout);
    }
    putchar('\n');
    at = slots[1] > slots[0] ? slots[1] : slots[1] + 1;
  }
}

// Reads a line without its line break.  False at the end of the file or when
// memory ran out; the caller tells them apart with feof.
static bool read_line(FILE* file, char** line, size_t* length,
                      size_t* capacity) {
  int c;
  *length = 0;
  while ((c = getc(file)) != EOF && c != '\n') {
    if (*length == *capacity) {
      size_t wanted = *capacity == 0 ? 256 : 2 * *capacity;
      char* grown = realloc(*line, wanted);
      if (grown == NULL) return false;
      *line = grown;
      *capacity = wanted;
    }
    (*line)[(*length)++] = (char)c;
  }
  return c != EOF || *length > 0;
}

static int filter(const settings* s, const regex* program, FILE* file) {
  size_t* slots = malloc(program->slot_count * sizeof *slots);
  char* line = NULL;
  size_t length = 0;
  size_t capacity = 0;
  unsigned long lines = 0;
  regex_status status = slots != NULL ? REGEX_OK : REGEX_NO_MEMORY;
  while (status != REGEX_NO_MEMORY &&
         read_line(file, &line, &length, &capacity)) {
    const char* text = line != NULL ? line : "";
    status = regex_search(program, text, length, 0, slots);
    if (status == REGEX_NO_MEMORY || (status == REGEX_OK) == s->invert) {
      continue;
    }
    lines++;
    if (s->count_only) continue;
    if (s->only_matches && !s->invert) {
      print_matches(program, text, length, slots);
    } else {
      fwrite(text, 1, length, stdout);
      putchar('\n');
    }
  }
  if (s->count_only) printf("%lu\n", lines);
  bool complete = status != REGEX_NO_MEMORY && feof(file) && !ferror(file);
  free(slots);
  free(line);
  if (!complete || fflush(stdout) != 0 || ferror(stdout)) {
    fprintf(stderr, "regex: reading or writing failed\n");
    return EXIT_USAGE;
  }
  return lines > 0 ? EXIT_MATCHED : EXIT_NOT_MATCHED;
}

int main(int argc, char** argv) {
  if (argc == 1) return regex_self_test();
  settings s = {0};
  bool show_program = false;
  int i = 1;
  for (; i < argc && argv[i][0] == '-' && argv[i][1] != '\0'; i++) {
    const char* argument = argv[i];
    if (strcmp(argument, "--help") == 0) {
      fputs(usage_text, stdout);
      return 0;
    }
    if (strcmp(argument, "-i") == 0) {
      s.flags |= REGEX_IGNORE_CASE;
    } else if (strcmp(argument, "-v") == 0) {
      s.invert = true;
    } else if (strcmp(argument, "-o") == 0) {
      s.only_matches = true;
    } else if (strcmp(argument, "-c") == 0) {
      s.count_only = true;
    } else if (strcmp(argument, "--program") == 0) {
      show_program = true;
    } else if (strcmp(argument, "--") == 0) {
      i++;
      break;
    } else {
      fprintf(stderr, "regex: unknown option '%s'\n%s", argument, usage_text);
      return EXIT_USAGE;
    }
  }
  if (i >= argc || argc - i > 2) {
    fprintf(stderr, "regex: give a pattern and at most one file\n%s",
            usage_text);
    return EXIT_USAGE;
  }

  regex program;
  regex_error error;
  if (regex_compile(argv[i], strlen(argv[i]), s.flags, &program, &error) !=
      REGEX_OK) {
    fprintf(stderr, "regex: %s\n  %s\n  %*s^\n",
            regex_status_text(error.status), argv[i], (int)error.offset, "");
    return EXIT_USAGE;
  }
  int result = EXIT_MATCHED;
  FILE* file = i + 1 < argc && strcmp(argv[i + 1], "-") != 0
                   ? fopen(argv[i + 1], "rb")
                   : stdin;
  if (show_program) {
    print_program(&program);
  } else if (file == NULL) {
    fprintf(stderr, "regex: cannot read '%s'\n", argv[i + 1]);
    result = EXIT_USAGE;
  } else {
    result = filter(&s, &program, file);
  }
  if (file != NULL && file != stdin) fclose(file);
  regex_free(&program);
  return result;
}
