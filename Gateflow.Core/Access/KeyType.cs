namespace Gateflow.Core.Access;

/// <summary>What a key is for; it stands in the key's prefix: gw_dev_, gw_prod_, gw_admin_.</summary>
public enum KeyType
{
    Dev,
    Prod,
    Admin,
}
