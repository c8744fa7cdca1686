#import "Place.h"

@implementation Place
+ (NSString *)whereFrom {
    return @"from a module";
}
@end
