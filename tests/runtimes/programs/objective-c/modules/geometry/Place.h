#import <Foundation/Foundation.h>

@interface Place : NSObject
+ (NSString *)whereFrom;
@end
