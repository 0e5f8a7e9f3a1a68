// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/store/storeurl.h"

#include <QProcess>

namespace interlock::test {

/// A PostgreSQL server for one test alone, which may stop, restart and kill it; gone with the object.
class OwnServer
{
public:
    /// A failure ends the test program.
    OwnServer();
    ~OwnServer();
    OwnServer(const OwnServer &) = delete;
    OwnServer &operator=(const OwnServer &) = delete;

    [[nodiscard]] const StoreUrl &url() const { return m_url; }
    /// Its folder, with `data` and the socket.
    [[nodiscard]] const QString &folder() const { return m_folder; }
    /// start, stop, restart, or kill as a power failure does.
    void control(const QString &verb) const;

private:
    QProcess m_process;
    StoreUrl m_url;
    QString m_program;
    QString m_folder;
};

} // namespace interlock::test
