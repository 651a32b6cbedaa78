/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#define _GNU_SOURCE /* dladdr */
#include "weights.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* The file beside the object that holds `program`; 0 where its name is too
 * long or not known. */
static int path_beside(const hone_program* program, char* path, size_t room) {
  Dl_info info;
  if (dladdr(program, &info) == 0 || info.dli_fname == NULL) return 0;
  const char* const slash = strrchr(info.dli_fname, '/');
  const size_t folder =
      slash == NULL ? 0 : (size_t)(slash + 1 - info.dli_fname);
  const size_t name = strlen(program->external->file) + 1;
  if (folder + name > room) return 0;
  memcpy(path, info.dli_fname, folder);
  memcpy(path + folder, program->external->file, name);
  return 1;
}

hone_status hone_weights_map(const hone_program* program, const char* path,
                             const unsigned char** weights) {
  const hone_external* const external = program->external;
  const size_t bytes = (size_t)external->bytes + HONE_WEIGHTS_HEAD;
  char beside[PATH_MAX];
  if (path == NULL) {
    if (!path_beside(program, beside, sizeof beside)) return HONE_NO_WEIGHTS;
    path = beside;
  }
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return HONE_NO_WEIGHTS;
  struct stat facts;
  hone_status status = HONE_WRONG_WEIGHTS;
  void* map = MAP_FAILED;
  if (fstat(file, &facts) == 0 && (size_t)facts.st_size == bytes)
    map = mmap(NULL, bytes, PROT_READ, MAP_SHARED, file, 0);
  close(file);
  if (map == MAP_FAILED) return status;
  if (memcmp(map, external->head, sizeof external->head) != 0) {
    munmap(map, bytes);
    return status;
  }
  *weights = (const unsigned char*)map + HONE_WEIGHTS_HEAD;
  return HONE_OK;
}

void hone_weights_unmap(const hone_program* program,
                        const unsigned char* weights) {
  munmap((void*)(uintptr_t)(weights - HONE_WEIGHTS_HEAD),
         (size_t)program->external->bytes + HONE_WEIGHTS_HEAD);
}
