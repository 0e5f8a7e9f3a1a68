// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/liveports.h"
#include "model/commands/ports.h"

namespace interlock {

/// What the engine needs of the store. All must outlive it.
struct EnginePorts
{
    CommandGateway &gateway;
    Queries &queries;
    ChangeFeed &feed;
    MacMap &macs;
    Leases &leases;
    LiveFeed &live;
    Operations &operations;
    const Clock &clock;
};

} // namespace interlock
