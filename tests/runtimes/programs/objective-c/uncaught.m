#import <Foundation/Foundation.h>

int main(void) {
    NSAutoreleasePool *pool = [[NSAutoreleasePool alloc] init];
    NSArray *empty = [NSArray array];
    NSLog(@"%@", [empty objectAtIndex:1]);
    [pool release];
    return 0;
}
