using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gateflow.Gateway.Providers;

namespace Gateflow.Gateway.Compatibility;

/// <summary>One tool, or one schema for answers, of a stored chat completion.</summary>
/// <param name="IsTool">Else a schema for answers.</param>
/// <param name="Name">As the request names it, cut to 100 characters.</param>
/// <param name="Key">The same for the same declaration.</param>
/// <param name="Request">A chat completion with nothing but this declaration.</param>
internal sealed record SchemaUse(bool IsTool, string Name, string Key, byte[] Request)
{
    private const int LongestName = 100;

    /// <summary>Each of the request's declarations once.</summary>
    public static IEnumerable<SchemaUse> Of(JsonElement request)
    {
        foreach (var field in (string[])["tools", "functions"])
        {
            foreach (var tool in request.Items(field).DistinctBy(static tool => tool.GetRawText(), StringComparer.Ordinal))
            {
                yield return Create(true, NameOf(tool, "function"), $"\"{field}\":[{tool.GetRawText()}]");
            }
        }

        if (request.Find("response_format") is { } format && format.Text("type") == "json_schema")
        {
            yield return Create(false, NameOf(format, "json_schema"), $"\"response_format\":{format.GetRawText()}");
        }
    }

    private static SchemaUse Create(bool isTool, string name, string declaration)
    {
        var request = Encoding.UTF8.GetBytes($"{{\"model\":\"m\",\"messages\":[{{\"role\":\"user\",\"content\":\".\"}}],{declaration}}}");
        return new SchemaUse(isTool, name.Length > LongestName ? name[..LongestName] : name, Convert.ToHexString(SHA256.HashData(request)), request);
    }

    private static string NameOf(JsonElement declaration, string inner) =>
        (declaration.Find(inner) is { } function ? function.Text("name") : null) ?? declaration.Text("name") ?? declaration.Text("type") ?? "without a name";
}
