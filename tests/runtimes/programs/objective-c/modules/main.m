#import <Foundation/Foundation.h>
#import "geometry/Place.h"

int main(void) {
    NSAutoreleasePool *pool = [[NSAutoreleasePool alloc] init];
    puts([[Place whereFrom] UTF8String]);
    [pool release];
    return 0;
}
