using System.Text;

namespace Gateflow.Dashboard.Parts;

/// <summary>The call that does from a shell what a button does.</summary>
public static class CurlCommand
{
    /// <summary>A command for a POSIX shell; the key comes from $GATEFLOW_KEY, so that none lands in a history.</summary>
    /// <param name="baseUrl">With or without a slash at its end.</param>
    /// <param name="method">The HTTP verb.</param>
    /// <param name="path">Absolute, "/v1/management/…".</param>
    /// <param name="json">The body; null for none.</param>
    public static string Of(string baseUrl, string method, string path, string? json)
    {
        var line = new StringBuilder("curl ");
        if (method != "GET")
        {
            line.Append("-X ").Append(method).Append(' ');
        }

        line.Append(Quoted(baseUrl.TrimEnd('/') + path)).Append(" \\\n  -H \"Authorization: Bearer $GATEFLOW_KEY\"");
        if (json is not null)
        {
            line.Append(" \\\n  -H 'Content-Type: application/json' \\\n  -d ").Append(Quoted(json));
        }

        return line.ToString();
    }

    // Inside single quotes a POSIX shell takes everything as it stands but the quote itself.
    private static string Quoted(string text) => "'" + text.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}
