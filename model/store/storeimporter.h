// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/importgateway.h"
#include "model/commands/ports.h"
#include "model/store/storeurl.h"

#include <QObject>

#include <atomic>

namespace interlock {

/// What lives on a store's thread for imports, so that neither commits nor questions wait behind one. Each import has a
/// connection of its own.
class StoreImporter : public QObject
{
    Q_OBJECT

public:
    StoreImporter(StoreUrl url, const Clock &clock) : m_url(std::move(url)), m_clock(clock) {}

    /// On the importer's thread. \returns as ImportGateway::importRows()
    [[nodiscard]] Expected<ImportResult> import(ImportRequest request);
    /// From any thread: the import that runs is cancelled, and so is every later one.
    void end() { m_isEnding = true; }

private:
    const StoreUrl m_url;
    const Clock &m_clock;
    std::atomic<bool> m_isEnding = false;
};

} // namespace interlock
