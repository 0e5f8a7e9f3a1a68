// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/storereader.h"

namespace interlock {

Expected<Connection *> StoreReader::connection()
{
    if (!m_connection || m_connection->isBroken()) {
        m_connection.reset();
        auto opened = Connection::open(m_url, Connection::Access::Existing);
        if (!opened) {
            // It was there when the store was opened, so it may come back.
            if (opened.error().kind == ErrorKind::NotFound)
                opened.error().kind = ErrorKind::StoreUnavailable;
            return fail(opened.error());
        }
        m_connection = *std::move(opened);
    }
    return m_connection.get();
}

} // namespace interlock
