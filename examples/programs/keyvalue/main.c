// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Command line of the key-value store.  Without arguments it tests itself;
// otherwise it runs commands, one a line, on a store that can be loaded from a
// log file and saved to one.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store.h"

enum { EXIT_USAGE = 2, MAX_WORDS = 5, LINE_SIZE = 8192 };

static const char usage_text[] =
    "usage: keyvalue                  run the self-test\n"
    "       keyvalue [options] FILE   run the commands in FILE, - for input\n"
    "options:\n"
    "  --load LOG     start from this log\n"
    "  --save LOG     write the log at the end\n"
    "  --help         this text\n"
    "commands:\n"
    "  put KEY VALUE [TTL]    get KEY        remove KEY    add KEY NUMBER\n"
    "  scan FROM TO           prefix TEXT    time NUMBER   count\n"
    "  clear                  compact\n";

static bool print_entry(void* context, slice key, slice value) {
  (void)context;
  fwrite(key.bytes, 1, key.size, stdout);
  putchar('=');
  fwrite(value.bytes, 1, value.size, stdout);
  putchar('\n');
  return true;
}

static slice as_slice(const char* text) { return (slice){text, strlen(text)}; }

static bool parse_number(const char* text, long long* number) {
  char* end;
  *number = strtoll(text, &end, 10);
  return end != text && *end == '\0';
}

// Runs one command.  False if it is not understood.
static bool run_command(store* s, char** words, int count) {
  const char* name = words[0];
  slice value;
  long long number = 0;
  store_status status = STORE_OK;
  if (strcmp(name, "put") == 0 && (count == 3 || count == 4)) {
    if (count == 4 && (!parse_number(words[3], &number) || number < 0)) {
      return false;
    }
    status =
        store_put(s, as_slice(words[1]), as_slice(words[2]), (uint64_t)number);
  } else if (strcmp(name, "get") == 0 && count == 2) {
    status = store_get(s, as_slice(words[1]), &value);
    if (status == STORE_OK) {
      return print_entry(NULL, as_slice(words[1]), value);
    }
  } else if (strcmp(name, "remove") == 0 && count == 2) {
    status = store_remove(s, as_slice(words[1]));
  } else if (strcmp(name, "add") == 0 && count == 3 &&
             parse_number(words[2], &number)) {
    int64_t result;
    status = store_add(s, as_slice(words[1]), number, &result);
    if (status == STORE_OK) {
      printf("%lld\n", (long long)result);
      return true;
    }
  } else if (strcmp(name, "scan") == 0 && count == 3) {
    store_scan(s, as_slice(words[1]), as_slice(words[2]), print_entry, NULL);
    return true;
  } else if (strcmp(name, "prefix") == 0 && count == 2) {
    store_scan_prefix(s, as_slice(words[1]), print_entry, NULL);
    return true;
  } else if (strcmp(name, "time") == 0 && count == 2 &&
             parse_number(words[1], &number) && number >= 0) {
    store_set_time(s, (uint64_t)number);
  } else if (strcmp(name, "count") == 0 && count == 1) {
    printf("%zu\n", store_count(s));
    return true;
  } else if (strcmp(name, "clear") == 0 && count == 1) {
    status = store_clear(s);
  } else if (strcmp(name, "compact") == 0 && count == 1) {
    status = store_compact(s);
  } else {
    return false;
  }
  puts(store_status_text(status));
  return true;
}

static bool run_commands(store* s, FILE* file) {
  static char line[LINE_SIZE];
  for (unsigned long number = 1; fgets(line, sizeof line, file); number++) {
    char* words[MAX_WORDS];
    int count = 0;
    if (strchr(line, '\n') == NULL && !feof(file)) {
      fprintf(stderr, "keyvalue: line %lu is too long\n", number);
      return false;
    }
    char* word = strtok(line, " \t\r\n");
    for (; word != NULL && count < MAX_WORDS; word = strtok(NULL, " \t\r\n")) {
      words[count++] = word;
    }
    if (count == 0 || words[0][0] == '#') continue;
    if (word != NULL || !run_command(s, words, count)) {
      fprintf(stderr, "keyvalue: line %lu: command '%s' is not understood\n",
              number, words[0]);
      return false;
    }
  }
  return !ferror(file);
}

static bool load_log(store* s, const char* path) {
  byte_log log = {0};
  FILE* file = fopen(path, "rb");
  bool loaded = file != NULL;
  size_t count = 1;
  while (loaded && count > 0) {
    if (log.capacity - log.size < 4096) {
      size_t capacity = 2 * log.capacity + 8192;
      uint8_t* bytes = realloc(log.bytes, capacity);
      if (bytes == NULL) {
        loaded = false;
        break;
      }
      log.bytes = bytes;
      log.capacity = capacity;
    }
    count = fread(log.bytes + log.size, 1, log.capacity - log.size, file);
    log.size += count;
  }
  if (file != NULL) {
    loaded = loaded && !ferror(file);
    fclose(file);
  }
  if (!loaded) {
    fprintf(stderr, "keyvalue: cannot read '%s'\n", path);
  } else {
    size_t sound;
    store_status status = store_recover(s, log.bytes, log.size, &sound);
    if (status == STORE_BAD_LOG) {
      fprintf(stderr, "keyvalue: '%s' is damaged after %zu of %zu bytes\n",
              path, sound, log.size);
    }
    loaded = status == STORE_OK || (status == STORE_BAD_LOG && sound > 0);
  }
  free(log.bytes);
  return loaded;
}

static bool save_log(const store* s, const char* path) {
  FILE* file = fopen(path, "wb");
  bool saved = file != NULL;
  if (saved && s->log.size > 0) {
    saved = fwrite(s->log.bytes, 1, s->log.size, file) == s->log.size;
  }
  if (file != NULL && fclose(file) != 0) saved = false;
  if (!saved) fprintf(stderr, "keyvalue: cannot write '%s'\n", path);
  return saved;
}

int main(int argc, char** argv) {
  if (argc == 1) return self_test();
  const char* load = NULL;
  const char* save = NULL;
  const char* path = NULL;
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "--help") == 0) {
      fputs(usage_text, stdout);
      return 0;
    }
    if (strcmp(argv[i], "--load") == 0 && i + 1 < argc) {
      load = argv[++i];
    } else if (strcmp(argv[i], "--save") == 0 && i + 1 < argc) {
      save = argv[++i];
    } else if ((argv[i][0] == '-' && argv[i][1] != '\0') || path != NULL) {
      fprintf(stderr, "keyvalue: unexpected argument '%s'\n%s", argv[i],
              usage_text);
      return EXIT_USAGE;
    } else {
      path = argv[i];
    }
  }
  if (path == NULL) {
    fprintf(stderr, "keyvalue: give a file of commands\n%s", usage_text);
    return EXIT_USAGE;
  }
  FILE* file = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
  if (file == NULL) {
    fprintf(stderr, "keyvalue: cannot read '%s'\n", path);
    return EXIT_USAGE;
  }
  store s;
  bool good = store_open(&s) == STORE_OK;
  good = good && (load == NULL || load_log(&s, load));
  good = good && run_commands(&s, file);
  good = good && (save == NULL || save_log(&s, save));
  store_close(&s);
  if (file != stdin) fclose(file);
  return good && fflush(stdout) == 0 ? 0 : EXIT_USAGE;
}
