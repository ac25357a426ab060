/* SwiftPM gives the `main` of an executable the name of its product, so libFuzzer's own is not found. These are
 * called instead. */
int FuzzLineReader_main(int count, char **arguments);
int FuzzSituation_main(int count, char **arguments);
int FuzzChatServer_main(int count, char **arguments);
int FuzzChatClient_main(int count, char **arguments);
int FuzzClientConfiguration_main(int count, char **arguments);
int FuzzPainter_main(int count, char **arguments);
int FuzzInput_main(int count, char **arguments);
