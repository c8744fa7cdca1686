#include "words.h"

const char *greeting(void) { return "from a module"; }
