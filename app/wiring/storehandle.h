// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/importgateway.h"
#include "model/commands/liveports.h"
#include "model/commands/networkarchive.h"
#include "model/commands/ports.h"

#include <QString>

#include <memory>

namespace interlock {

/// An open store behind the ports; closing it waits until everything submitted is answered.
class StoreHandle
{
public:
    virtual ~StoreHandle() = default;

    [[nodiscard]] virtual CommandGateway &gateway() = 0;
    [[nodiscard]] virtual ImportGateway &imports() = 0;
    [[nodiscard]] virtual Queries &queries() = 0;
    [[nodiscard]] virtual StoreUpkeep &upkeep() = 0;
    [[nodiscard]] virtual MacMap &macs() = 0;
    [[nodiscard]] virtual Leases &leases() = 0;
    [[nodiscard]] virtual LiveFeed &live() = 0;
    [[nodiscard]] virtual Operations &operations() = 0;
    [[nodiscard]] virtual NetworkArchive &archive() = 0;
    [[nodiscard]] virtual ChangeFeed &feed() = 0;
};

enum class OpenMode {
    ReadWrite,       ///< what is not there is NotFound
    CreateIfMissing, ///< a missing SQLite file is created; a missing PostgreSQL database is not
};

/// Opens the store at `url` (`sqlite:PATH` or `postgresql://...`) and migrates it to this program's schema, after a
/// backup. \returns Invalid (the URL), NotFound, StoreUnavailable, StoreNewer, StoreCorrupt, ReadOnly
[[nodiscard]] Expected<std::unique_ptr<StoreHandle>> openStore(const QString &url, OpenMode mode);

} // namespace interlock
