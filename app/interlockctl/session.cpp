// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/session.h"

#include <QDateTime>

namespace interlock {

Timestamp Session::now()
{
    return Timestamp::fromMilliseconds(QDateTime::currentMSecsSinceEpoch());
}

Expected<StoreHandle *> Session::store()
{
    if (!m_store) {
        auto opened = openStore(m_url, OpenMode::CreateIfMissing);
        if (!opened)
            return fail(opened.error());
        m_store = *std::move(opened);
    }
    return m_store.get();
}

Expected<Receipt> Session::edit(Command command, const EditOptions &options)
{
    const auto opened = store();
    if (!opened)
        return fail(opened.error());
    Submission submission{std::move(command), m_actor, options.ifVersion};
    CommandGateway &gateway = (*opened)->gateway();
    return wait(options.isDryRun ? gateway.preview(std::move(submission)) : gateway.submit(std::move(submission)));
}

} // namespace interlock
