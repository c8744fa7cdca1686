: where-from ( -- addr u ) s" from a module" ;
