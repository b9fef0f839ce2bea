/// The functions and operators of a flags type.
macro_rules! flags {
    ($name:ident: $bits:ty; $($flag:ident, $wit:literal;)*) => {
        #[allow(dead_code, clippy::self_named_constructors)]
        impl $name {
            /// No flag.
            pub const fn empty() -> Self {
                Self { bits: 0 }
            }

            /// Every flag.
            pub const fn all() -> Self {
                Self { bits: 0 $(| Self::$flag.bits)* }
            }

            pub const fn bits(&self) -> $bits {
                self.bits
            }

            /// The flags that the bits stand for, or `None` if one stands for no flag.
            pub const fn from_bits(bits: $bits) -> ::core::option::Option<Self> {
                if bits & !Self::all().bits == 0 {
                    ::core::option::Option::Some(Self { bits })
                } else {
                    ::core::option::Option::None
                }
            }

            /// The flags that the bits stand for, without others.
            pub const fn from_bits_truncate(bits: $bits) -> Self {
                Self { bits: bits & Self::all().bits }
            }

            /// The bits as they are.
            pub const fn from_bits_retain(bits: $bits) -> Self {
                Self { bits }
            }

            pub const fn is_empty(&self) -> bool {
                self.bits == 0
            }

            pub const fn is_all(&self) -> bool {
                Self::all().bits | self.bits == self.bits
            }

            /// Whether some flag is in both.
            pub const fn intersects(&self, other: Self) -> bool {
                self.bits & other.bits != 0
            }

            /// Whether every flag of `other` is in `self`.
            pub const fn contains(&self, other: Self) -> bool {
                self.bits & other.bits == other.bits
            }

            pub fn insert(&mut self, other: Self) {
                self.bits |= other.bits;
            }

            pub fn remove(&mut self, other: Self) {
                self.bits &= !other.bits;
            }

            pub fn toggle(&mut self, other: Self) {
                self.bits ^= other.bits;
            }

            pub fn set(&mut self, other: Self, value: bool) {
                if value { self.insert(other) } else { self.remove(other) }
            }

            pub const fn intersection(self, other: Self) -> Self {
                Self { bits: self.bits & other.bits }
            }

            pub const fn union(self, other: Self) -> Self {
                Self { bits: self.bits | other.bits }
            }

            pub const fn difference(self, other: Self) -> Self {
                Self { bits: self.bits & !other.bits }
            }

            pub const fn symmetric_difference(self, other: Self) -> Self {
                Self { bits: self.bits ^ other.bits }
            }

            pub const fn complement(self) -> Self {
                Self::from_bits_truncate(!self.bits)
            }

            /// Each flag that is set, with its name in WIT.
            pub fn iter_names(&self) -> impl ::core::iter::Iterator<Item = (&'static str, Self)> + use<> {
                let flags = *self;
                [$(($wit, Self::$flag)),*].into_iter().filter(move |(_, flag)| flags.contains(*flag))
            }

            /// Each flag that is set.
            pub fn iter(&self) -> impl ::core::iter::Iterator<Item = Self> + use<> {
                self.iter_names().map(|(_, flag)| flag)
            }
        }

        impl ::core::default::Default for $name {
            fn default() -> Self {
                Self::empty()
            }
        }

        impl ::core::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(concat!(stringify!($name), "("))?;
                for (index, (name, _)) in self.iter_names().enumerate() {
                    if index > 0 {
                        f.write_str(" | ")?;
                    }
                    f.write_str(name)?;
                }
                f.write_str(")")
            }
        }

        impl ::core::ops::BitOr for $name {
            type Output = Self;
            fn bitor(self, other: Self) -> Self {
                self.union(other)
            }
        }

        impl ::core::ops::BitOrAssign for $name {
            fn bitor_assign(&mut self, other: Self) {
                self.insert(other);
            }
        }

        impl ::core::ops::BitAnd for $name {
            type Output = Self;
            fn bitand(self, other: Self) -> Self {
                self.intersection(other)
            }
        }

        impl ::core::ops::BitAndAssign for $name {
            fn bitand_assign(&mut self, other: Self) {
                self.bits &= other.bits;
            }
        }

        impl ::core::ops::BitXor for $name {
            type Output = Self;
            fn bitxor(self, other: Self) -> Self {
                self.symmetric_difference(other)
            }
        }

        impl ::core::ops::BitXorAssign for $name {
            fn bitxor_assign(&mut self, other: Self) {
                self.toggle(other);
            }
        }

        impl ::core::ops::Sub for $name {
            type Output = Self;
            fn sub(self, other: Self) -> Self {
                self.difference(other)
            }
        }

        impl ::core::ops::SubAssign for $name {
            fn sub_assign(&mut self, other: Self) {
                self.remove(other);
            }
        }

        impl ::core::ops::Not for $name {
            type Output = Self;
            fn not(self) -> Self {
                self.complement()
            }
        }

        impl ::core::iter::FromIterator<Self> for $name {
            fn from_iter<I: ::core::iter::IntoIterator<Item = Self>>(flags: I) -> Self {
                flags.into_iter().fold(Self::empty(), Self::union)
            }
        }

        impl ::core::iter::Extend<Self> for $name {
            fn extend<I: ::core::iter::IntoIterator<Item = Self>>(&mut self, flags: I) {
                flags.into_iter().for_each(|flag| self.insert(flag));
            }
        }
    };
}
pub(crate) use flags;
