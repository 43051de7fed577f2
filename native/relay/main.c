#include "relay.h"

int main(int argc, char **argv) {
    return relay_run(argc, argv);
}
