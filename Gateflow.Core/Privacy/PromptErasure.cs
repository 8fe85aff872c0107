using System.Text.Json;
using Gateflow.Core.Access;
using Gateflow.Core.Prompts;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Core.Privacy;

/// <summary>
/// Takes a text out of prompts. Versions are numbered without gaps and named by migrations, so they stay: what a version says is replaced by a mark,
/// its note and a prompt's description go.
/// </summary>
internal sealed class PromptErasure(ISecretProtector protector)
{
    /// <summary>What a version says whose text was erased.</summary>
    public const string Mark = "[erased]";

    private const int Chunk = 200;

    /// <summary>Finds, and unless it is a trial erases. The answer counts versions and descriptions.</summary>
    public async Task<int> HoldingAsync(GateflowDb db, TextFinder finder, bool trial, CancellationToken cancellationToken) =>
        await DescriptionsAsync(db, finder, trial, cancellationToken) + await VersionsAsync(db, finder, trial, cancellationToken);

    private static async Task<int> DescriptionsAsync(GateflowDb db, TextFinder finder, bool trial, CancellationToken cancellationToken)
    {
        var found = 0;
        for (var last = ""; ;)
        {
            var rows = await db.Prompts.AsNoTracking().Where(p => p.Id.CompareTo(last) > 0).OrderBy(p => p.Id).Take(Chunk).Select(p => new { p.Id, p.Description }).ToListAsync(cancellationToken);
            var holding = rows.Where(r => finder.Holds(r.Description)).Select(r => r.Id).ToList();
            found += holding.Count;
            if (!trial && holding.Count > 0)
            {
                await db.Prompts.Where(p => holding.Contains(p.Id)).ExecuteUpdateAsync(set => set.SetProperty(p => p.Description, (string?)null), cancellationToken);
            }

            if (rows.Count < Chunk)
            {
                return found;
            }

            last = rows[^1].Id;
        }
    }

    private async Task<int> VersionsAsync(GateflowDb db, TextFinder finder, bool trial, CancellationToken cancellationToken)
    {
        var found = 0;
        for (var (prompt, number) = ("", 0); ;)
        {
            var rows = await db.PromptVersions.AsNoTracking().Where(v => v.PromptId.CompareTo(prompt) > 0 || (v.PromptId == prompt && v.Number > number))
                .OrderBy(v => v.PromptId).ThenBy(v => v.Number).Take(Chunk).ToListAsync(cancellationToken);
            foreach (var row in rows)
            {
                var (note, text) = (finder.Holds(row.Note), finder.Holds(row.Content));
                found += note || text ? 1 : 0;
                if (!trial && (note || text))
                {
                    var (kept, content) = (note ? null : row.Note, text ? Erased() : row.Content);
                    await db.PromptVersions.Where(v => v.PromptId == row.PromptId && v.Number == row.Number)
                        .ExecuteUpdateAsync(set => set.SetProperty(v => v.Note, kept).SetProperty(v => v.Content, content), cancellationToken);
                }
            }

            if (rows.Count < Chunk)
            {
                return found;
            }

            (prompt, number) = (rows[^1].PromptId, rows[^1].Number);
        }
    }

    private byte[] Erased() => protector.Protect(JsonSerializer.SerializeToUtf8Bytes(new PromptContent(Mark, new Dictionary<string, string>()), JsonColumn.Options));
}
