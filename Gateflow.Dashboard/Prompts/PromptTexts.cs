using System.Security.Cryptography;
using System.Text.Json;
using Gateflow.Core.Access;
using Gateflow.Core.Prompts;
using Gateflow.Core.Storage;

namespace Gateflow.Dashboard.Prompts;

/// <summary>Texts of prompts at rest: encrypted with the keys of samples.</summary>
public sealed class PromptTexts(ISecretProtector protector)
{
    public byte[] Close(PromptContent content) => protector.Protect(JsonSerializer.SerializeToUtf8Bytes(content, JsonColumn.Options));

    /// <summary>Null when the bytes or the keys are not what they were.</summary>
    public PromptContent? Open(PromptVersion version)
    {
        ArgumentNullException.ThrowIfNull(version);
        try
        {
            return JsonSerializer.Deserialize<PromptContent>(protector.Unprotect(version.Content), JsonColumn.Options);
        }
        catch (Exception fault) when (fault is CryptographicException or JsonException)
        {
            return null;
        }
    }

    public PromptVersionView View(Prompt prompt, PromptVersion version)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        var content = Open(version);
        return new PromptVersionView
        {
            PromptId = prompt.Id,
            Version = version.Number,
            Reference = $"{prompt.Name}@{version.Number}",
            Text = content?.Text,
            Variants = content?.Variants ?? new Dictionary<string, string>(),
            Variables = content?.Variables ?? [],
            Note = version.Note,
            CreatedAt = version.CreatedAt,
            CreatedBy = version.CreatedBy,
        };
    }
}
