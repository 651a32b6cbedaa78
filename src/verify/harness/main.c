// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Runs functions on inputs, one forked child a function, and writes records.

// ---------------------------------------------------------------- recovery

static void handle_fault(int signal, siginfo_t* info, void* context) {
  ucontext_t* user = context;
  const uint64_t address = (uint64_t)info->si_addr;
  if (!S.inside) {
    // Our own reading of memory that the function under test left behind.
    if (signal == SIGSEGV && has_address(info)) {
      if (address >= HONE_ZONES && address < HONE_ZONES_END) {
        touch_zone(address);
        return;
      }
      if (touch_image(address) || touch_heap(address)) return;
    }
    _exit(99);
  }
  if (signal == SIGSEGV && !has_address(info) && answer_clock(user, &S.clock))
    return;
  if (signal == SIGSEGV && has_address(info)) {
    if (address >= HONE_ZONES && address < HONE_ZONES_END) {
      if (program_counter(user) != address) {
        touch_zone(address);
        return;
      }
      // A call of a function that the input invented.
      const hone_type* type = type_of_address(address);
      if (type && type->responder >= 0) {
        S.indirect_target = address;
        continue_at(user, hone_responders[type->responder]);
        return;
      }
    } else if (touch_heap(address) || touch_image(address)) {
      return;
    }
  }
  S.fault = has_address(info) ? address : 0;
  hone_rt_leave(signal == SIGABRT ? HONE_ABORTED : HONE_SIGNALLED + signal);
}

static void handle_tick(int signal) {
  (void)signal;
  if (S.inside && ++S.ticks > S.job->tick_limit)
    hone_rt_leave(HONE_OUT_OF_TIME);
}

static void catch_signals(void) {
  static const int faults[] = {SIGSEGV, SIGBUS,  SIGFPE, SIGILL,
                               SIGABRT, SIGTRAP, SIGSYS};
  stack_t stack = {.ss_size = 256 << 10};
  stack.ss_sp = mmap(0, stack.ss_size, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  sigaltstack(&stack, 0);
  struct sigaction action = {.sa_sigaction = handle_fault,
                             .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
  for (uint32_t i = 0; i < sizeof faults / sizeof *faults; ++i)
    sigaction(faults[i], &action, 0);
  struct sigaction tick = {.sa_handler = handle_tick,
                           .sa_flags = SA_ONSTACK | SA_NODEFER | SA_RESTART};
  sigaction(SIGPROF, &tick, 0);
}

static void start_clock(void) {
  const struct itimerval every = {{0, 50000}, {0, 50000}};
  setitimer(ITIMER_PROF, &every, 0);
}

// ---------------------------------------------------------------- one input

static uint8_t* cover(void) { return (uint8_t*)HONE_COVER; }

static void draw_arguments(const hone_function* function) {
  set(S.slots, 0, sizeof S.slots);
  set(S.result, 0, sizeof S.result);
  S.argument_word_count = 0;
  for (uint32_t i = 0; i < function->argument_count; ++i) {
    const hone_leaf* leaf = &S.leaves[function->first_argument + i];
    write_scalar(S.slots + leaf->offset, leaf, 1, mix2(i, 7), 1, i + 1);
  }
  if (function->flags & HONE_MAIN && function->argument_count >= 2) {
    const hone_leaf* count = &S.leaves[function->first_argument];
    const hone_leaf* list = count + 1;
    const uint64_t number = 1 + draw(1, 99) % 5;
    uint64_t vector = load64(S.slots + list->offset);
    const hone_type* type = type_of_address(vector);
    if (type && type->usable >= 64) {
      vector -= (vector - type->zone) % type->stride;
      copy(S.slots + list->offset, &vector, 8);
      const hone_leaf* word = &S.leaves[type->first_leaf];
      for (uint64_t i = 0; i <= number; ++i) {
        hone_domain domain = S.domains[word->domain];
        domain.flags |= HONE_NONNULL | HONE_REQUIRED;
        const uint64_t text =
            i == number ? 0 : pick_pointer(&domain, draw(1, 100 + i), 1, 0);
        poke(vector + i * 8, &text, 8);
      }
    }
    copy(S.slots + count->offset, &number, count->size);
  }
  for (uint32_t i = 0; i < function->argument_count; ++i) {
    const hone_leaf* leaf = &S.leaves[function->first_argument + i];
    if (S.argument_word_count < 64)
      S.argument_words[S.argument_word_count++] = slot_word(leaf, S.slots);
  }
}

// Runs function `id` on S.input and leaves the trace, result and memory behind.
static int run_once(uint32_t id, int fill) {
  const hone_function* function = &S.functions[id];
  const uint64_t at = S.function_at[id];
  if (at == 0 || function->driver < 0) return HONE_LOST;
  forget_memory();
  reset_images();
  forget_calls();
  S.fill = fill;
  S.jump_count = 0;
  S.clock = 1ull << 32;
  S.effect_words = 0;
  S.fault = 0;
  errno = 0;
  draw_mood();
  perturb_globals();
  draw_arguments(function);
  fill_unwritten((void*)(HONE_STACK + HONE_STACK_SIZE - 32768), 32768);
  S.fuel = (int64_t)S.job->fuel;
  S.ticks = 0;
  S.inside = 1;
  const int64_t status = hone_rt_enter(
      hone_drivers[function->driver], (void*)(at + S.subject_bias), S.slots,
      S.result, HONE_STACK + HONE_STACK_SIZE - 64);
  S.inside = 0;
  return (int)status;
}

static int is_counted(int status) {
  return status == HONE_RETURNED || status == HONE_ENDED;
}

// ---------------------------------------------------------------- records

static uint64_t results_room(void) {
  return S.job->result_bytes - ((hone_results*)HONE_RESULTS)->used;
}

static void write_record(uint32_t id, uint32_t index, int status) {
  hone_results* results = (hone_results*)HONE_RESULTS;
  const hone_function* function = &S.functions[id];
  const int counted = is_counted(status);
  S.effect_words = 0;
  if (counted) {
    list_image_effects();
    list_memory_effects();
  }
  const uint32_t cover_words = counted ? (S.plan->block_count + 63) / 64 : 0;
  if (results_room() < sizeof(hone_record) + 128 * 1024 + cover_words * 8ull)
    _exit(98);
  uint8_t* to = (uint8_t*)results + results->used;
  hone_record* record = (hone_record*)to;
  record->magic = HONE_RECORD;
  record->function = id;
  record->index = index;
  record->fill = (uint32_t)S.fill;
  record->status = status;
  record->input = S.input;
  record->allocations = S.allocations;
  record->refusals = S.refusals;
  record->argument_words = S.argument_word_count;
  record->result_words = 0;
  record->trace_words = counted ? S.trace_words : 0;
  record->effect_words = S.effect_words;
  record->cover_words = cover_words;
  uint64_t* word = (uint64_t*)(record + 1);
  for (uint32_t i = 0; i < S.argument_word_count; ++i)
    *word++ = S.argument_words[i];
  for (uint32_t i = 0; status == HONE_RETURNED && i < function->result_count;
       ++i) {
    const hone_leaf* leaf = &S.leaves[function->first_result + i];
    uint64_t value[2] = {0, 0};
    copy(value, S.result + leaf->offset, leaf->size < 16 ? leaf->size : 16);
    if (leaf->kind == HONE_INT && leaf->bits < 64)
      value[0] &= (1ull << leaf->bits) - 1;
    *word++ = leaf->kind == HONE_POINTER ? normal_argument(value[0]) : value[0];
    *word++ = value[1];
    record->result_words += 2;
  }
  copy(word, S.trace, record->trace_words * 8ull);
  word += record->trace_words;
  copy(word, S.effects, S.effect_words * 8ull);
  word += S.effect_words;
  set(word, 0, cover_words * 8ull);
  for (uint32_t i = 0; cover_words != 0 && i < S.plan->block_count; ++i)
    word[i / 64] |= (uint64_t)(cover()[i] != 0) << i % 64;
  word += cover_words;
  results->used = (uint64_t)((uint8_t*)word - (uint8_t*)results);
}

// ---------------------------------------------------------------- search

static uint64_t next_random(uint64_t* state) { return *state = mix(*state); }

static void draw_input(uint64_t* random, int mutate) {
  if (mutate && S.kept_count != 0) {
    // The newest finds are worth the most.
    uint64_t pick = next_random(random) % S.kept_count;
    const uint64_t other = next_random(random) % S.kept_count;
    if (other > pick) pick = other;
    S.input = S.kept[pick];
    const uint64_t dice = next_random(random);
    for (uint64_t n = 1 + dice % 3; n; --n) {
      uint64_t seed = next_random(random) % HONE_SEEDS;
      // The mood changes everything; it is seldom worth it.
      if (seed == 0 && dice & 0x700) seed = 1 + (dice >> 16) % (HONE_SEEDS - 1);
      S.input.seed[seed] = (uint32_t)next_random(random);
    }
    return;
  }
  for (uint32_t i = 0; i < HONE_SEEDS; ++i)
    S.input.seed[i] = (uint32_t)next_random(random);
}

enum {
  kEnough = 6,  // inputs that run a block
  kStone = 255,
};

// A block that one input ran is not tested yet: what it computed may be lost,
// or be right by chance. Returns how often the rarest block of this input that
// is still wanted has been run, this time included; 0 when none is wanted.
static uint32_t see_blocks(void) {
  uint32_t rarest = 0;
  for (uint32_t i = 0; i < S.plan->block_count; ++i)
    if (cover()[i] && S.seen[i] < kEnough) {
      ++S.seen[i];
      if (rarest == 0 || S.seen[i] < rarest) rarest = S.seen[i];
    }
  return rarest;
}

// An input that ends badly may still be the way to code that no other reached:
// it is kept to be mutated, and never recorded.
static void keep_stone(void) {
  int news = 0;
  for (uint32_t i = 0; i < S.plan->block_count; ++i)
    if (cover()[i] && !S.glimpsed[i]) S.glimpsed[i] = news = 1;
  if (!news || S.kept_count >= kMaxKept / 2) return;
  S.rarity[S.kept_count] = kStone;
  S.kept[S.kept_count++] = S.input;
}

// Keeps S.input for what it is worth. Later plain inputs are deeper, so some
// replace early ones.
static void keep_input(uint32_t rarity, uint32_t* plain, uint64_t* random) {
  if (S.kept_count < kMaxKept && (rarity || *plain < S.job->wanted)) {
    S.rarity[S.kept_count] = (uint8_t)rarity;
    S.kept[S.kept_count++] = S.input;
    *plain += rarity == 0;
  } else if (next_random(random) % 8 == 0) {
    const uint64_t at = next_random(random) % S.kept_count;
    if (!S.rarity[at]) S.kept[at] = S.input;
  }
}

// Those that run the rarest blocks first.
static void record_kept(uint32_t id) {
  uint32_t index = 0;
  for (uint32_t rarity = 1; rarity <= kEnough + 1; ++rarity)
    for (uint32_t i = 0; i < S.kept_count && index < S.job->wanted; ++i) {
      if (S.rarity[i] != (rarity > kEnough ? 0 : rarity)) continue;
      for (int fill = HONE_FILL_A; fill < HONE_FILLS; ++fill) {
        S.input = S.kept[i];
        set(cover(), 0, S.plan->block_count);
        write_record(id, index, run_once(id, fill));
      }
      ++index;
    }
}

// Looks for inputs that end well and run blocks that few others did; keeps as
// many others as are wanted; records all of them with each fill.
static void search(uint32_t id) {
  hone_results* results = (hone_results*)HONE_RESULTS;
  uint64_t random = mix2(S.plan->seed, id);
  uint32_t plain = 0, counted = 0, stale = 0;
  uint64_t effort = 0;
  S.kept_count = 0;
  for (uint32_t try = 0; try < S.job->tries; ++try) {
    draw_input(&random, try % 4 != 0);
    set(cover(), 0, S.plan->block_count);
    const int status = run_once(id, HONE_FILL_A);
    ++results->statuses[status & 127];
    effort += S.job->fuel - (uint64_t)(S.fuel < 0 ? 0 : S.fuel) +
              (uint64_t)S.page_count * HONE_PAGE_EFFORT + HONE_PAGE_EFFORT;
    if (effort > S.job->effort) break;
    ++stale;
    if (!is_counted(status)) {
      keep_stone();
      continue;
    }
    ++counted;
    const uint32_t rarity = see_blocks();
    if (rarity == 1) stale = 0;
    keep_input(rarity, &plain, &random);
    if (stale > S.job->tries / 3 && counted > S.job->wanted * 2) break;
  }
  record_kept(id);
}

// ---------------------------------------------------------------- jobs

static void replay(const hone_job_entry* entries, uint32_t count) {
  uint32_t bad = 0;
  for (uint32_t i = 0; i < count; ++i) {
    S.input = entries[i].input;
    const int status = run_once(entries[i].function, HONE_FILL_A);
    write_record(entries[i].function, entries[i].index, status);
    if (!is_counted(status) && ++bad >= S.job->stop_after_bad) return;
  }
}

static void run_group(const hone_job_entry* entries, uint32_t count) {
  const pid_t child = fork();
  if (child < 0) _exit(97);
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    const struct rlimit cpu = {S.job->seconds, S.job->seconds + 1};
    setrlimit(RLIMIT_CPU, &cpu);
    start_clock();
    prctl(PR_SET_TSC, PR_TSC_SIGSEGV);
    if (S.job->mode == HONE_SEARCH)
      search(entries->function);
    else
      replay(entries, count);
    _exit(0);
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  hone_results* results = (hone_results*)HONE_RESULTS;
  hone_record* record = (hone_record*)((uint8_t*)results + results->used);
  if (results_room() < 2 * sizeof(hone_record)) _exit(98);
  // The end of a group: how its child ended, and what the search met.
  set(record, 0, sizeof *record);
  record->magic = HONE_RECORD;
  record->function = entries->function;
  record->index = ~0u;
  record->status = WIFSIGNALED(status) || WEXITSTATUS(status) != 0
                       ? HONE_DIED
                       : HONE_RETURNED;
  uint64_t* word = (uint64_t*)(record + 1);
  if (S.job->mode == HONE_SEARCH) {
    record->trace_words = 128;
    for (uint32_t i = 0; i < 128; ++i) {
      *word++ = results->statuses[i];
      results->statuses[i] = 0;
    }
  }
  results->used = (uint64_t)((uint8_t*)word - (uint8_t*)results);
}

static const void* map_file(const char* path, uint64_t* size) {
  const int fd = (int)syscall(SYS_openat, -100 /* AT_FDCWD */, path, 0);
  const int64_t end = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);
  if (end < 0) _exit(96);
  *size = (uint64_t)end;
  const void* at = mmap(0, (uint64_t)end, PROT_READ, MAP_PRIVATE, fd, 0);
  if (at == MAP_FAILED) _exit(96);
  return at;
}

static void load(char** argv) {
  uint64_t size;
  map_at(HONE_STATE, (sizeof(state_t) + kPage - 1) & ~(uint64_t)(kPage - 1));
  const hone_plan* plan = map_file(argv[1], &size);
  const uint8_t* base = (const uint8_t*)plan;
  S.plan = plan;
  S.types = (const hone_type*)(base + plan->types);
  S.leaves = (const hone_leaf*)(base + plan->leaves);
  S.domains = (const hone_domain*)(base + plan->domains);
  S.values = (const int64_t*)(base + plan->values);
  S.targets = (const uint32_t*)(base + plan->targets);
  S.functions = (const hone_function*)(base + plan->functions);
  S.externals = (const hone_external*)(base + plan->externals);
  S.globals = (const hone_global*)(base + plan->globals);
  S.layout = map_file(argv[2], &size);
  base = (const uint8_t*)S.layout;
  S.function_at = (const uint64_t*)(base + S.layout->functions);
  S.global_at = (const uint64_t*)(base + S.layout->globals);
  S.symbols = (const hone_code_symbol*)(base + S.layout->symbols);
  S.job = map_file(argv[3], &size);
  const int fd = (int)syscall(SYS_openat, -100, argv[4], 2 /* O_RDWR */);
  if (fd < 0 ||
      mmap((void*)HONE_RESULTS, S.job->result_bytes, PROT_READ | PROT_WRITE,
           MAP_SHARED | MAP_FIXED, fd, 0) == MAP_FAILED)
    _exit(96);
  map_at(HONE_COVER,
         (plan->block_count + 2ull * kPage) & ~(uint64_t)(kPage - 1));
  map_at(HONE_SHADOW, (uint64_t)kMaxPages * kPage);
  map_at(HONE_STACK, HONE_STACK_SIZE);
  S.glimpsed = mmap(0, plan->block_count + 1, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  S.seen = mmap(0, plan->block_count + 1, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

// Before any constructor: those of the module run under the harness as well.
static void prepare(int argc, char** argv, char** environment) {
  (void)environment;
  if (argc != 5) _exit(95);
  load(argv);
  S.fuel = 1ll << 40;
}

__attribute__((section(".preinit_array"),
               used)) static void (*const prepare_first)(int, char**,
                                                         char**) = prepare;

static int hone_rt_main(int argc, char** argv) {
  (void)argc;
  (void)argv;
  find_images();
  catch_signals();
  snapshot_images();
  const hone_job_entry* entries = (const hone_job_entry*)(S.job + 1);
  hone_results* results = (hone_results*)HONE_RESULTS;
  results->used = sizeof *results;
  for (uint32_t i = 0; i < S.job->entry_count;) {
    uint32_t n = 1;
    while (i + n < S.job->entry_count &&
           entries[i + n].function == entries[i].function)
      ++n;
    run_group(entries + i, n);
    i += n;
  }
  results->complete = 1;
  _exit(0);
}

extern int __libc_start_main(int (*)(int, char**), int, char**, void (*)(void),
                             void (*)(void), void (*)(void), void*);

// Entered by hone_rt_start: the start-up files of the C library would refer to
// `main`, which the module may define.
__attribute__((used)) _Noreturn void hone_rt_begin(uint64_t* stack) {
  __libc_start_main(hone_rt_main, (int)stack[0], (char**)(stack + 1), 0, 0, 0,
                    stack);
  __builtin_unreachable();
}
