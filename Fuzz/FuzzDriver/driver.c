#include "driver.h"

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerRunDriver(int *count, char ***arguments, int (*test)(const uint8_t *data, size_t size));

int FuzzLineReader_main(int count, char **arguments) {
    return LLVMFuzzerRunDriver(&count, &arguments, LLVMFuzzerTestOneInput);
}

int FuzzSituation_main(int count, char **arguments) { return FuzzLineReader_main(count, arguments); }

int FuzzChatServer_main(int count, char **arguments) { return FuzzLineReader_main(count, arguments); }

int FuzzChatConfiguration_main(int count, char **arguments) { return FuzzLineReader_main(count, arguments); }

int FuzzChatClient_main(int count, char **arguments) { return FuzzLineReader_main(count, arguments); }

int FuzzClientConfiguration_main(int count, char **arguments) { return FuzzLineReader_main(count, arguments); }

int FuzzPainter_main(int count, char **arguments) { return FuzzLineReader_main(count, arguments); }

int FuzzInput_main(int count, char **arguments) { return FuzzLineReader_main(count, arguments); }
