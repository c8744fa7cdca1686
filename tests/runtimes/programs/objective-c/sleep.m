#import <Foundation/Foundation.h>

int main(void) {
    [NSThread sleepForTimeInterval:60];
    return 0;
}
