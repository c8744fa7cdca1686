#import <Foundation/Foundation.h>

int main(void) {
    NSAutoreleasePool *pool = [[NSAutoreleasePool alloc] init];
    NSArray *args = [[NSProcessInfo processInfo] arguments];
    for (NSUInteger i = 1; i < [args count]; i++) puts([[args objectAtIndex:i] UTF8String]);
    [pool release];
    return 0;
}
