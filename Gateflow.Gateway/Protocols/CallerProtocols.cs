using Gateflow.Gateway.Protocols.Chat;
using Gateflow.Gateway.Protocols.Messages;

namespace Gateflow.Gateway.Protocols;

/// <summary>The protocols that are spoken with callers.</summary>
internal static class CallerProtocols
{
    public static readonly ICallerProtocol Chat = new ChatProtocol();
    public static readonly ICallerProtocol Messages = new MessagesProtocol();
}
