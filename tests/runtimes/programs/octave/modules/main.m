addpath(fullfile(fileparts(mfilename("fullpath")), "greetings"));
disp(greeting());
