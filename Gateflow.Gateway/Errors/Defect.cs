using System.Data.Common;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Gateflow.Gateway.Errors;

/// <summary>How a defect is logged: what it is and where, but not its text, for that may quote what a caller or a model said.</summary>
public static partial class Defect
{
    /// <summary>Kind, trace and, of faults of databases and connections, the code of a fault and of those that caused it.</summary>
    public static string Describe(Exception fault)
    {
        var words = new StringBuilder();
        for (var cause = fault; cause is not null; cause = cause.InnerException)
        {
            words.Append(words.Length == 0 ? "" : "\ncaused by ").Append(cause.GetType().FullName).Append(CodeOf(cause)).Append('\n').Append(cause.StackTrace);
        }

        return words.ToString();
    }

    /// <summary>Logs that a caller's request failed for a defect.</summary>
    internal static void LogDefect(this ILogger logger, string requestId, Exception fault) => LogDefect(logger, requestId, Describe(fault));

    private static string CodeOf(Exception cause) => cause switch
    {
        DbException { SqlState: { } state } => $" ({state})",
        SocketException socket => $" ({socket.SocketErrorCode})",
        HttpRequestException http => $" ({http.HttpRequestError})",
        ExternalException native => $" ({native.ErrorCode})",
        _ => "",
    };

    [LoggerMessage(Level = LogLevel.Error, Message = "Request {RequestId} failed for a defect of the gateway: {Defect}")]
    private static partial void LogDefect(ILogger logger, string requestId, string defect);
}
