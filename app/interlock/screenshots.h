// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/storewindow.h"

#include <QObject>

namespace interlock {

/// Writes a picture of each page of a window, one page a turn of the event loop, once the tables are loaded.
class Screenshots : public QObject
{
    Q_OBJECT

public:
    /// \param folder  made if it is missing
    Screenshots(StoreWindow &window, QString folder);

    void takeWhenLoaded(StoreTables &tables);

Q_SIGNALS:
    void finished();
    void failed(const QString &why);

private:
    void start();
    void takeNext();

    StoreWindow &m_window;
    const QString m_folder;
    std::size_t m_next = 0;
    bool m_isStarted = false;
};

} // namespace interlock
