// hubbub: everything that exists hangs on the command line.

#include "cli/command_line.hpp"

int main(int argc, char** argv) {
    return hubbub::cli::CommandLine().run(argc, argv);
}
