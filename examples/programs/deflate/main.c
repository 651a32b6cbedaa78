// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Command line of the DEFLATE codec.  Without arguments it tests itself; with
// -c or -d it filters standard input to standard output.

#include <stdio.h>
#include <string.h>

#include "codec.h"

enum { EXIT_USAGE = 2, READ_CHUNK = 65536 };

static const char usage_text[] =
    "usage: deflate                run the self-test\n"
    "       deflate -c [options]   compress standard input\n"
    "       deflate -d [options]   decompress standard input\n"
    "options:\n"
    "  -0 .. -9       effort, 0 stores, 9 is the smallest (default 6)\n"
    "  --gzip         gzip frame, the default\n"
    "  --zlib         zlib frame\n"
    "  --raw          no frame\n"
    "  --help         this text\n";

static bool read_all(FILE* file, byte_buffer* buffer) {
  size_t count;
  do {
    if (!buffer_reserve(buffer, READ_CHUNK)) return false;
    count = fread(buffer->data + buffer->size, 1, READ_CHUNK, file);
    buffer->size += count;
  } while (count > 0);
  return !ferror(file);
}

static int filter(bool compress, codec_frame frame, int level) {
  byte_buffer in = {0};
  byte_buffer out = {0};
  int result = EXIT_USAGE;
  if (!read_all(stdin, &in)) {
    fprintf(stderr, "deflate: cannot read standard input\n");
  } else {
    codec_status status =
        compress
            ? frame_compress(frame, in.data, in.size, level, &out)
            : frame_decompress(frame, in.data, in.size, SIZE_MAX / 4, &out);
    if (status != CODEC_OK) {
      fprintf(stderr, "deflate: %s\n", codec_status_text(status));
    } else if (fwrite(out.data != NULL ? out.data : in.data, 1, out.size,
                      stdout) != out.size ||
               fflush(stdout) != 0) {
      fprintf(stderr, "deflate: cannot write standard output\n");
    } else {
      result = 0;
    }
  }
  buffer_free(&in);
  buffer_free(&out);
  return result;
}

int main(int argc, char** argv) {
  if (argc == 1) return self_test();
  bool compress = false;
  bool decompress = false;
  codec_frame frame = CODEC_FRAME_GZIP;
  int level = 6;
  for (int i = 1; i < argc; i++) {
    const char* argument = argv[i];
    if (strcmp(argument, "--help") == 0) {
      fputs(usage_text, stdout);
      return 0;
    }
    if (strcmp(argument, "-c") == 0) {
      compress = true;
    } else if (strcmp(argument, "-d") == 0) {
      decompress = true;
    } else if (strcmp(argument, "--gzip") == 0) {
      frame = CODEC_FRAME_GZIP;
    } else if (strcmp(argument, "--zlib") == 0) {
      frame = CODEC_FRAME_ZLIB;
    } else if (strcmp(argument, "--raw") == 0) {
      frame = CODEC_FRAME_RAW;
    } else if (argument[0] == '-' && argument[1] >= '0' && argument[1] <= '9' &&
               argument[2] == '\0') {
      level = argument[1] - '0';
    } else {
      fprintf(stderr, "deflate: unknown argument '%s'\n%s", argument,
              usage_text);
      return EXIT_USAGE;
    }
  }
  if (compress == decompress) {
    fprintf(stderr, "deflate: give either -c or -d\n%s", usage_text);
    return EXIT_USAGE;
  }
  return filter(compress, frame, level);
}
