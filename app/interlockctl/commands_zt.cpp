// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/commands.h"

namespace interlock {

void addZtCommands(CommandTree &tree)
{
    CLI::App &zt = tree.addGroup("zt", "ZeroTier: controllers, networks, their routes and their members");
    addZtControllers(tree, zt);
    addZtNetworks(tree, zt);
    addZtRoutes(tree, zt);
    addZtMembers(tree, zt);
    addZtSnapshots(tree, zt);
}

} // namespace interlock
