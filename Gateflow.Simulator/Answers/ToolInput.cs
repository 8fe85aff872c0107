using System.Text;
using System.Text.Json;

namespace Gateflow.Simulator.Answers;

internal static class ToolInput
{
    /// <summary>Arguments as a JSON object, for protocols that do not carry them as text; empty when they were cut or degraded.</summary>
    public static string Object(string arguments) =>
        JsonBody.Parse(Encoding.UTF8.GetBytes(arguments)) is { ValueKind: JsonValueKind.Object } ? arguments : "{}";
}
