// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/storeimporter.h"

#include "model/store/importrun.h"

namespace interlock {

Expected<ImportResult> StoreImporter::import(ImportRequest request)
{
    auto connection = Connection::open(m_url, Connection::Access::Existing);
    if (!connection) {
        // It was there when the store was opened, so it may come back.
        if (connection.error().kind == ErrorKind::NotFound)
            connection.error().kind = ErrorKind::StoreUnavailable;
        return fail(connection.error());
    }
    request.goesOn = [this, asked = std::move(request.goesOn)](const ImportProgress &progress) {
        return !m_isEnding && (!asked || asked(progress));
    };
    return ImportRun(**connection, m_clock, request).run();
}

} // namespace interlock
