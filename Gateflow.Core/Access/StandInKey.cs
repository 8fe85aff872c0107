namespace Gateflow.Core.Access;

/// <summary>
/// A second secret of a stored key, known to this process alone and stored nowhere, for requests that the program sends through its own gateway. It is good while
/// the stored key is, and has that key's limits.
/// </summary>
/// <param name="KeyId">Id of the stored key.</param>
/// <param name="Secret">As requests carry it.</param>
public sealed record StandInKey(string KeyId, string Secret);
