namespace Gateflow.Gateway.Providers.Bedrock;

/// <summary>Whose signature a request bears.</summary>
/// <param name="SessionToken">Of temporary credentials; null for lasting ones.</param>
internal sealed record AwsCredentials(string AccessKeyId, string SecretAccessKey, string? SessionToken = null)
{
    /// <summary>Without the secrets.</summary>
    public override string ToString() => AccessKeyId;
}
