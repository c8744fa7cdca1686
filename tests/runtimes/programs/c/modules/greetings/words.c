#include "words.h"

const char *words(void) { return "from a module"; }
