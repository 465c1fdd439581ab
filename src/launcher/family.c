#include "family.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>

#include "system-call.h"

/* More are looked at in the next round. */
enum { MOST_MEMBERS = 1 << 15 };

/* Rounds of stopping; who begins others faster than that is ended in the next round of all. */
enum { MOST_ROUNDS = 50 };

enum { DIRECTORY_BYTES = 2048, STAT_BYTES = 512, NAME_BYTES = 16 };

struct member {
  uint64_t began;
  pid_t pid, parent, group;
  char state;
  bool is_meant;
  char name[NAME_BYTES];
};

struct family {
  struct member *members;
  size_t count;
};

/* As the system gives the entries of a folder. */
struct entry {
  uint64_t inode;
  int64_t offset;
  uint16_t bytes;
  uint8_t type;
  char name[];
};

static struct family new_family(void) {
  const long arguments[6] = {0, MOST_MEMBERS * sizeof(struct member), PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0};
  long place = system_call_6(SYS_mmap, arguments);
  bool has_failed = place < 0 && place > -4096;
  return (struct family){has_failed ? NULL : (struct member *)place, 0};
}

static void free_family(struct family family) {
  if (family.members != NULL)
    system_call(SYS_munmap, (long)family.members, MOST_MEMBERS * sizeof(struct member), 0, 0);
}

/* Also a negative one; the text behind it is moved on to. */
static int64_t take_number(const char **text) {
  int64_t number = 0;
  bool is_negative = **text == '-';
  if (is_negative) *text += 1;
  for (; **text >= '0' && **text <= '9'; *text += 1) number = number * 10 + (**text - '0');
  return is_negative ? -number : number;
}

static void skip_fields(const char **text, int count) {
  for (; count > 0; count -= 1) {
    while (**text != ' ' && **text != '\0') *text += 1;
    if (**text == ' ') *text += 1;
  }
}

static size_t decimal(pid_t number, char *text) {
  char digits[12];
  size_t count = 0;
  for (; number > 0 || count == 0; number /= 10) digits[count++] = (char)('0' + number % 10);
  for (size_t index = 0; index < count; index += 1) text[index] = digits[count - 1 - index];
  return count;
}

static size_t read_stat(pid_t pid, char *text) {
  char file[32] = "/proc/";
  size_t length = 6 + decimal(pid, file + 6);
  memcpy(file + length, "/stat", sizeof "/stat");
  long fd = system_call(SYS_openat, AT_FDCWD, (long)file, O_RDONLY | O_CLOEXEC, 0);
  if (fd < 0) return 0;
  long got = system_call(SYS_read, fd, (long)text, STAT_BYTES - 1, 0);
  system_call(SYS_close, fd, 0, 0, 0);
  text[got < 0 ? 0 : got] = '\0';
  return got < 0 ? 0 : (size_t)got;
}

/* https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: a name may have anything in it, parentheses too. */
static bool read_member(pid_t pid, struct member *member) {
  char text[STAT_BYTES];
  size_t bytes = read_stat(pid, text);
  const char *begin = memchr(text, '(', bytes);
  const char *end = bytes == 0 ? NULL : memrchr(text, ')', bytes);
  if (begin == NULL || end == NULL || end < begin) return false;
  size_t name_bytes = (size_t)(end - begin) - 1;
  if (name_bytes > NAME_BYTES - 1) name_bytes = NAME_BYTES - 1;
  *member = (struct member){.pid = pid};
  memcpy(member->name, begin + 1, name_bytes);
  const char *at = end + 1;
  if (*at == ' ') at += 1;
  member->state = *at;
  skip_fields(&at, 1);
  member->parent = (pid_t)take_number(&at);
  skip_fields(&at, 1);
  member->group = (pid_t)take_number(&at);
  /* From the fifth field to the twenty-second. */
  skip_fields(&at, 17);
  member->began = (uint64_t)take_number(&at);
  return true;
}

static bool has_ended(const struct member *member) { return member->state == 'Z' || member->state == 'X'; }

static void add_entry(const char *name, struct family *family) {
  pid_t pid = (pid_t)take_number(&name);
  if (pid <= 0 || *name != '\0' || family->count == MOST_MEMBERS) return;
  if (read_member(pid, &family->members[family->count])) family->count += 1;
}

/* Calls for each name in a folder. */
static void each_entry(const char *folder, void (*call)(const char *, struct family *), struct family *family) {
  char buffer[DIRECTORY_BYTES] __attribute__((aligned(8)));
  long fd = system_call(SYS_openat, AT_FDCWD, (long)folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  if (fd < 0) return;
  for (long got; (got = system_call(SYS_getdents64, fd, (long)buffer, sizeof buffer, 0)) > 0;) {
    for (long at = 0; at < got;) {
      const struct entry *entry = (const struct entry *)(buffer + at);
      call(entry->name, family);
      at += entry->bytes;
    }
  }
  system_call(SYS_close, fd, 0, 0, 0);
}

/* They stand in the order of their ids. */
static struct member *find(const struct family *family, pid_t pid) {
  size_t low = 0, high = family->count;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (family->members[middle].pid < pid) low = middle + 1;
    else high = middle;
  }
  return low < family->count && family->members[low].pid == pid ? &family->members[low] : NULL;
}

static bool is_below(const struct family *family, const struct member *member, struct root root) {
  if (member->parent == root.pid) return root.is_apart == NULL || !root.is_apart(member->pid);
  const struct member *parent = find(family, member->parent);
  return parent != NULL && parent->is_meant;
}

/* A parent mostly has a smaller id than its child: one pass is enough then, and another to know it. */
static void mark(struct family *family, struct root root) {
  for (bool is_more = true; is_more;) {
    is_more = false;
    for (size_t index = 0; index < family->count; index += 1) {
      struct member *member = &family->members[index];
      if (member->is_meant || !is_below(family, member, root)) continue;
      member->is_meant = is_more = true;
    }
  }
}

static void look(struct family *family, struct root root) {
  family->count = 0;
  if (family->members == NULL) return;
  each_entry("/proc", add_entry, family);
  mark(family, root);
}

/* The id may be another process's by now: what is open stays the same one. Not before Linux 5.3. */
static bool send_signal(const struct member *member, int signal) {
  struct member now;
  long fd = system_call(SYS_pidfd_open, member->pid, 0, 0, 0);
  bool is_same = read_member(member->pid, &now) && now.began == member->began;
  long result = -1;
  if (is_same && fd >= 0) result = system_call(SYS_pidfd_send_signal, fd, signal, 0, 0);
  else if (is_same) result = system_call(SYS_kill, member->pid, signal, 0, 0);
  if (fd >= 0) system_call(SYS_close, fd, 0, 0, 0);
  return result == 0;
}

static bool is_stopped(const struct member *member) { return member->state == 'T' || member->state == 't'; }

/* Stopped by a signal, it would learn of another one only when it goes on. */
static void tell(const struct member *member, pid_t leader, int signal) {
  if (leader == 0 || member->group != leader) send_signal(member, signal);
  if (is_stopped(member)) send_signal(member, SIGCONT);
}

/*
 * Once: what begins after it may be what a worker runs to clean up. So one that was just being begun, outside of the
 * leader's group, is not told, but ended with the others.
 */
void tell_family(struct root root, pid_t leader, int signal) {
  struct family family = new_family();
  look(&family, root);
  if (leader != 0) system_call(SYS_kill, -leader, signal, 0, 0);
  for (size_t index = 0; index < family.count; index += 1)
    if (family.members[index].is_meant && !has_ended(&family.members[index])) tell(&family.members[index], leader, signal);
  free_family(family);
}

static bool is_new(const struct family *before, const struct member *member) {
  const struct member *same = find(before, member->pid);
  return same == NULL || same->began != member->began;
}

/* Those that were not there before; gives whether there are any. To which it is sent begins no other any more. */
static bool stop_new(const struct family *family, const struct family *before) {
  bool is_any = false;
  for (size_t index = 0; index < family->count; index += 1) {
    const struct member *member = &family->members[index];
    if (member->is_meant && !has_ended(member) && is_new(before, member) && send_signal(member, SIGSTOP)) is_any = true;
  }
  return is_any;
}

static size_t kill_all(const struct family *family) {
  size_t count = 0;
  for (size_t index = 0; index < family->count; index += 1) {
    const struct member *member = &family->members[index];
    if (!member->is_meant || has_ended(member)) continue;
    send_signal(member, SIGKILL);
    count += 1;
  }
  return count;
}

size_t kill_family(struct root root) {
  struct family family = new_family(), before = new_family();
  look(&family, root);
  for (int round = 0; round < MOST_ROUNDS && stop_new(&family, &before); round += 1) {
    struct family seen = family;
    family = before;
    before = seen;
    look(&family, root);
  }
  size_t count = kill_all(&family);
  free_family(family);
  free_family(before);
  return count;
}

static void add_name(struct family_text *text, const char *name) {
  size_t used = strlen(text->names), bytes = strlen(name);
  if (used + 2 + bytes >= sizeof text->names) return;
  if (used > 0) {
    memcpy(text->names + used, ", ", 2);
    used += 2;
  }
  memcpy(text->names + used, name, bytes + 1);
}

void describe_family(struct root root, struct family_text *text) {
  struct family family = new_family();
  text->count = 0;
  text->names[0] = '\0';
  look(&family, root);
  for (size_t index = 0; index < family.count; index += 1) {
    if (!family.members[index].is_meant || has_ended(&family.members[index])) continue;
    text->count += 1;
    add_name(text, family.members[index].name);
  }
  free_family(family);
}

static void close_entry(const char *name, struct family *family) {
  (void)family;
  int64_t fd = take_number(&name);
  if (*name == '\0') system_call(SYS_close, (long)fd, 0, 0, 0);
}

void close_everything(void) {
  /* Not before Linux 5.9. */
  if (system_call(SYS_close_range, 0, ~0U, 0, 0) < 0) each_entry("/proc/self/fd", close_entry, NULL);
}
