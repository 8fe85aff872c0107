using System.Text;
using System.Text.Json;
using Gateflow.Core.Migrations;
using Gateflow.Core.Storage;
using Gateflow.Dashboard.Management;

namespace Gateflow.Dashboard.EvidencePacks;

/// <summary>The route of the evidence pack; a browser saves it as a file.</summary>
public static class EvidencePackEndpoints
{
    private static readonly JsonSerializerOptions Indented = new(JsonColumn.Options) { WriteIndented = true };

    public static void MapEvidencePacks(this IEndpointRouteBuilder api) => api.MapGet("/migrations/{id}/report", GetAsync);

    private static async Task<IResult> GetAsync(string id, EvidencePackReader reader, CancellationToken cancellationToken, string format = "json")
    {
        if (format is not ("json" or "md"))
        {
            return Refusal.Invalid("format", "format must be json or md.").ToResult();
        }

        if (await reader.ReadAsync(id, cancellationToken) is not { } pack)
        {
            return Refusal.NotFound("migration", id).ToResult();
        }

        return format == "md"
            ? Results.File(Encoding.UTF8.GetBytes(EvidencePackMarkdown.Write(pack)), "text/markdown; charset=utf-8", $"{id}-evidence.md")
            : Results.File(Encoding.UTF8.GetBytes(EvidencePackReader.ToJson(pack).ToJsonString(Indented)), "application/json", $"{id}-evidence.json");
    }
}
