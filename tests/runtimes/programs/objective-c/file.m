#import <Foundation/Foundation.h>

int main(void) {
    NSAutoreleasePool *pool = [[NSAutoreleasePool alloc] init];
    [@"written and read\n" writeToFile:@"scratch.txt" atomically:YES encoding:NSUTF8StringEncoding error:NULL];
    NSString *text = [NSString stringWithContentsOfFile:@"scratch.txt" encoding:NSUTF8StringEncoding error:NULL];
    fputs([text UTF8String], stdout);
    [pool release];
    return 0;
}
