const char *words(void);
