#include <stdio.h>

#include "greetings/words.h"

int main(void) { puts(words()); }
