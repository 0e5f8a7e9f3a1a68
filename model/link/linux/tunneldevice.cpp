// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/link/linux/tunneldevice.h"

#include <QNetworkInterface>

namespace interlock {

std::optional<QString> tunnelDevice(const Address &address)
{
    const QHostAddress wanted(address.toString());
    for (const QNetworkInterface &device : QNetworkInterface::allInterfaces()) {
        for (const QNetworkAddressEntry &entry : device.addressEntries()) {
            if (entry.ip() == wanted)
                return device.name();
        }
    }
    return std::nullopt;
}

} // namespace interlock
