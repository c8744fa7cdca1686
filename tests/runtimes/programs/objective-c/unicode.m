#import <Foundation/Foundation.h>

int main(void) {
    NSAutoreleasePool *pool = [[NSAutoreleasePool alloc] init];
    NSData *data = [[NSFileHandle fileHandleWithStandardInput] readDataToEndOfFile];
    NSString *text = [[[NSString alloc] initWithData:data encoding:NSUTF8StringEncoding] autorelease];
    NSString *line = [NSString stringWithUTF8String:"größe 漢字 🦀 ж\n"];
    fputs([[text stringByAppendingString:line] UTF8String], stdout);
    [pool release];
    return 0;
}
