#!/bin/bash
# Fuzzes each target for a number of seconds. What crashes it is left in .build-fuzz/found.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-60}
# A crash must end the fuzzer at once; the backtracer can hang.
export UNTOCHAT_FUZZ=1 SWIFT_BACKTRACE=enable=no
for target in FuzzLineReader FuzzSituation FuzzChatServer FuzzChatConfiguration FuzzChatClient \
    FuzzClientConfiguration FuzzPainter FuzzInput; do
    dictionary=Fuzz/dictionary.txt
    [ ! -e "Fuzz/$target/dictionary.txt" ] || dictionary=Fuzz/$target/dictionary.txt
    swift build --scratch-path .build-fuzz --product "$target"
    mkdir -p ".build-fuzz/corpus/$target" .build-fuzz/found
    cp "Fuzz/$target"/*.seed ".build-fuzz/corpus/$target"
    ".build-fuzz/debug/$target" -max_total_time="$seconds" -max_len=4096 -timeout=10 -dict="$dictionary" \
        -artifact_prefix=.build-fuzz/found/ -print_final_stats=1 ".build-fuzz/corpus/$target"
done
