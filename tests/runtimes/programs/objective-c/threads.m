#import <Foundation/Foundation.h>

@interface Squares : NSObject {
    NSConditionLock *left;
    int total;
}
- (int)total;
- (void)add:(NSNumber *)number;
@end

@implementation Squares
- (id)init {
    if ((self = [super init])) left = [[NSConditionLock alloc] initWithCondition:10];
    return self;
}
- (int)total {
    [left lockWhenCondition:0];
    return total;
}
- (void)add:(NSNumber *)number {
    [left lock];
    total += [number intValue] * [number intValue];
    [left unlockWithCondition:[left condition] - 1];
}
@end

int main(void) {
    NSAutoreleasePool *pool = [[NSAutoreleasePool alloc] init];
    Squares *squares = [[Squares alloc] init];
    for (int i = 1; i <= 10; i++)
        [NSThread detachNewThreadSelector:@selector(add:) toTarget:squares withObject:[NSNumber numberWithInt:i]];
    printf("%d\n", [squares total]);
    [pool release];
    return 0;
}
