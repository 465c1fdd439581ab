#!/bin/sh
# A worker may be any program in any language: it reads the message from its
# environment and answers with its exit code. To show it, half of the messages are
# drawn in Python and half in JavaScript; where one is missing, the other draws all.
here=$(dirname "$0")
case ${MessageId:-} in
  *[02468aceACE]) languages='python3 node' ;;
  *) languages='node python3' ;;
esac

for language in $languages; do
  command -v "$language" >/dev/null 2>&1 || continue
  case $language in
    python3) exec python3 "$here/render.py" ;;
    node) exec node "$here/render.mjs" ;;
  esac
done

echo 'neither python3 nor node is installed' >&2
exit 1
