// SPDX-License-Identifier: GPL-3.0-or-later

// OpenVPN's learn-address hook. OpenVPN calls it synchronously for every address that a client gets or loses, waits
// until it ends, and forgets the address when it does not end with 0 (openvpn/FACTS.md 50, 53). So: no Qt, no
// allocation, one datagram that never waits, and exit status 0 whatever happens. A datagram that is lost is healed by
// the next `status 3` (FACTS.md 55).
//
// The server's configuration says
//     script-security 2
//     learn-address "interlock-learn SOCKET INSTANCE"
// and OpenVPN appends `add|update ADDRESS CN` or `delete ADDRESS` (FACTS.md 51).
//
// The datagram is five fields with one NUL between two of them and none at the end:
//     interlock-learn/1 NUL INSTANCE NUL VERB NUL ADDRESS NUL CN
// ADDRESS is OpenVPN's text without the `@VID` that a TAP server adds to a MAC; CN is empty for `delete`. An argument
// cannot hold a NUL, so every other byte may stand in a field and none needs to be escaped.
#include <cerrno>
#include <cstddef>
#include <span>
#include <string_view>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace {

using namespace std::string_view_literals;

constexpr auto kFormat = "interlock-learn/1"sv;

// 64 characters of UTF-8 are the longest common name (FACTS.md 56). A longer one is nobody's: cut, it would be
// somebody else's.
constexpr std::size_t kLongestName = 256;
constexpr std::size_t kLongestAddress = 64;
constexpr std::size_t kLargestDatagram = 1024;

constexpr auto kHelp =
    "usage: interlock-learn SOCKET INSTANCE add|update|delete ADDRESS[@VID] [CN]\n"
    "\n"
    "OpenVPN's learn-address hook: tells the interlockd that listens on SOCKET which client has ADDRESS.\n"
    "In the server's configuration: learn-address \"interlock-learn SOCKET INSTANCE\"\n"
    "The exit status is always 0, because OpenVPN forgets the address otherwise.\n"sv;

void write(int descriptor, std::string_view text)
{
    [[maybe_unused]] const auto written = ::write(descriptor, text.data(), text.size());
}

void complain(std::string_view text)
{
    write(STDERR_FILENO, "interlock-learn: "sv);
    write(STDERR_FILENO, text);
    write(STDERR_FILENO, "\n"sv);
}

/// One learnt or forgotten address, as OpenVPN told it.
struct Event
{
    std::string_view instance;
    std::string_view verb;
    std::string_view address;
    std::string_view cn;
};

/// What is wrong with `event`, or nothing. Which text is an address, a name or a MAC is decided by the reader.
std::string_view faultOf(const Event &event)
{
    const bool gains = event.verb == "add"sv || event.verb == "update"sv;
    if (!gains && event.verb != "delete"sv)
        return "the verb must be add, update or delete"sv;
    if (event.instance.empty() || event.instance.size() > kLongestName)
        return "the instance's name is empty or too long"sv;
    if (event.address.empty() || event.address.size() > kLongestAddress)
        return "the address is empty or too long"sv;
    if (gains && event.cn.empty())
        return "no common name"sv;
    if (event.cn.size() > kLongestName)
        return "the common name is too long"sv;
    return {};
}

/// The bytes to send.
class Datagram
{
public:
    explicit Datagram(const Event &event)
    {
        append(kFormat);
        for (const auto field : {event.instance, event.verb, event.address, event.cn}) {
            append("\0"sv);
            append(field);
        }
    }

    [[nodiscard]] std::span<const char> bytes() const { return {m_bytes, m_size}; }

private:
    void append(std::string_view text) { m_size += text.copy(m_bytes + m_size, text.size()); }

    static_assert(kFormat.size() + 2 * kLongestName + kLongestAddress + "update"sv.size() + 4 <= kLargestDatagram);
    char m_bytes[kLargestDatagram];
    std::size_t m_size = 0;
};

/// Sends `bytes` to the socket file `path`, or loses them: a full or absent reader must not delay the VPN server.
void send(std::string_view path, std::span<const char> bytes)
{
    sockaddr_un to{};
    to.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof to.sun_path)
        return complain("the path of the socket is empty or longer than 107 bytes"sv);
    path.copy(to.sun_path, path.size());

    const int descriptor = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0)
        return complain("no socket"sv);
    const auto sent = ::sendto(descriptor, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
                               reinterpret_cast<const sockaddr *>(&to), sizeof to);
    // Nobody there and no room are everyday (interlockd is restarting); a refusal is a fault in the set-up.
    if (sent < 0 && (errno == EACCES || errno == EPERM))
        complain("not allowed to write to the socket: is OpenVPN's user in the socket's group?"sv);
}

std::string_view withoutVlan(std::string_view address)
{
    return address.substr(0, address.find('@'));
}

} // namespace

int main(int argc, char *argv[])
{
    if (argc == 2 && argv[1] == "--help"sv) {
        write(STDOUT_FILENO, kHelp);
        return 0;
    }
    if (argc == 2 && argv[1] == "--version"sv) {
        write(STDOUT_FILENO, "interlock-learn " INTERLOCK_VERSION "\n"sv);
        return 0;
    }
    if (argc < 5 || argc > 6) {
        complain("wrong arguments, see interlock-learn --help"sv);
        return 0;
    }
    Event event{argv[2], argv[3], withoutVlan(argv[4]), argc == 6 ? argv[5] : ""sv};
    if (event.verb == "delete"sv)
        event.cn = {};
    if (const auto fault = faultOf(event); !fault.empty()) {
        complain(fault);
        return 0;
    }
    send(argv[1], Datagram(event).bytes());
    return 0;
}
