#import <Foundation/Foundation.h>

int main(void) {
    for (;;) puts("a line that nobody reads");
}
