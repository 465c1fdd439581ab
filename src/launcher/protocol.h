/*
 * What passes between the watcher and this program. Requests come on standard input, events go to standard output; each
 * is a frame:
 *
 *   u32 length of what follows, u8 kind, u32 job, rest        (numbers are little-endian)
 *
 * Requests   START   u32 arguments, u32 variables, each of them as (u32 length, bytes, NUL); then standard input's bytes;
 *                    none of them: /dev/null
 *            SIGNAL  u8 signal: SIGKILL ends all processes of the job, SIGTERM tells them to end, by the signal of rules.h
 *            CLOSE   both outputs are closed, whoever still holds them
 *            CREDIT  u8 stream, u32 bytes: the watcher has used so many, and so many more may be sent
 *            PING    of no job: is to be answered at once
 * Events     HELLO   u32 version
 *            STARTED u32 process id of the worker's keeper
 *            FAILED  u32 errno
 *            OUTPUT  u8 stream (1 or 2), bytes
 *            CLOSED  u8 stream
 *            EXITED  u32 how (0: exit code, 1: signal), u32 code or signal
 *            GONE    u32 KiB that the biggest of its processes had at most, u32 how many it left behind, u32 how many
 *                    could not be ended, names of those it left: no process of the job is there any more
 *            PONG
 *
 * src/watcher/worker/launcher/protocol.ts is the other end.
 */
#ifndef PROTOCOL_H
#define PROTOCOL_H

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "numbers in frames are little-endian"
#endif

enum { VERSION = 3 };
enum request { START = 1, SIGNAL, CLOSE, CREDIT, PING };
enum event { HELLO = 1, STARTED, FAILED, OUTPUT, CLOSED, EXITED, PONG, GONE };

enum {
  /* Of the length. */
  LENGTH_BYTES = 4,
  /* Of length, kind and job. */
  HEADER_BYTES = 9,
  /* A message has at most 1 MiB, arguments and environment together at most 6 MiB: the kernel takes no more. */
  MOST_FRAME_BYTES = 16 << 20,
  /* What a stream may send before the watcher has used any of it. */
  WINDOW_BYTES = 1 << 17,
};

/* How this program itself fails: the watcher sees it end. */
enum failure { BAD_FRAME = 2, NO_MEMORY = 3, NO_SYSTEM = 4 };

#endif
