// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/block.h"

namespace interlock {

Prefix blockOf(const Address &address, int length)
{
    return {address, length};
}

} // namespace interlock
