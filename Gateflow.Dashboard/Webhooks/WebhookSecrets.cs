using System.Security.Cryptography;
using System.Text;
using Gateflow.Core.Access;
using Gateflow.Core.Webhooks;

namespace Gateflow.Dashboard.Webhooks;

/// <summary>Signing secrets at rest: encrypted, with keys of their own.</summary>
public sealed class WebhookSecrets([FromKeyedServices(WebhookSecrets.Purpose)] ISecretProtector protector)
{
    public const string Purpose = "webhooks";

    public byte[] Close(string secret) => protector.Protect(Encoding.UTF8.GetBytes(secret));

    /// <summary>Null when the bytes or the keys are not what they were: the webhook needs a new secret.</summary>
    public string? Open(Webhook webhook)
    {
        try
        {
            return Encoding.UTF8.GetString(protector.Unprotect(webhook.Secret));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
